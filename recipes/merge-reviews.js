export const meta = { name: 'merge-reviews', description: 'Merges the reviews in the files that args.files names' }

const files = args?.files
if (typeof files !== 'string' || files.trim() === '') throw new Error('say which files: --arg "files=PATH PATH …"')
const report = await agent(
  `Read these files; each is a review. Merge them into one list without repetition, the worst first: ${files}`,
  { label: 'merge' },
)
if (report === null) throw new Error('the agent that merges the reviews failed')
return report
