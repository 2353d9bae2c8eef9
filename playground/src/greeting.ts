// What the first tab says to whoever comes for the first time.
export const GREETING = `# The Kanvaro API. Sign in above, then Ctrl-Enter
# runs this. "Examples" has operations for each
# screen. The Cache panel tells where an answer
# comes from, the Files panel chooses uploads.
# Ctrl-Space completes, Ctrl-Alt-K searches docs.

{
  viewer {
    user {
      fullName
    }
    role
  }
}
`;
