// What the first tab says to whoever comes for the first time.
export const GREETING = `# The Kanvaro API. Sign in above, then run this: Ctrl-Enter.
# "Examples" has operations for every screen; the Cache panel on the left
# tells where answers come from; the Files panel chooses files to upload.
# Ctrl-Space completes, Shift-Ctrl-P tidies up, Ctrl-Alt-K searches the docs.

{
  viewer {
    user {
      fullName
    }
    role
  }
}
`;
