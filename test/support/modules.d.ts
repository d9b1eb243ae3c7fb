/** A file's text, as the bundler hands it over. */
declare module "*?raw" {
  const text: string;
  export default text;
}

/** Vite's `import.meta.glob`, as the tests use it. */
interface ImportMeta {
  glob<Module>(pattern: string, options: { eager: true }): Record<string, Module>;
}
