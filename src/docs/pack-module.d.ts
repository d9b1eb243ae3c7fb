/** The built site, which wrangler imports as bytes. */
declare module "*.bin" {
  const bytes: ArrayBuffer;
  export default bytes;
}
