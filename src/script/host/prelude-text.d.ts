/** The built prelude, as text: the build puts it there. */
declare module 'virtual:prelude' {
  const text: string;
  export default text;
}
