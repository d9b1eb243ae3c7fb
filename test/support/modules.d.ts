/** A file's text, as the bundler imports it. */
declare module "*?raw" {
  const text: string;
  export default text;
}

/** The part of Vite's `import.meta.glob` that the tests use. */
interface ImportMeta {
  glob<Module>(pattern: string, options: { eager: true }): Record<string, Module>;
}
