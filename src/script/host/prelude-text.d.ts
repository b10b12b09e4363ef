/** The built prelude, as text: the build puts it there. */
declare module 'prelude:text' {
  const text: string;
  export default text;
}
