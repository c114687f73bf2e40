declare module "*.svg" {
  /** Where the picture is. */
  const url: string;
  export default url;
}
