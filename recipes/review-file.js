export const meta = { name: 'review-file', description: 'Reviews the file that args.file names' }

if (typeof args?.file !== 'string') throw new Error('say which file: --arg file=PATH')
const review = await agent(`Review ${args.file} for bugs. Report each with its line, worst first.`, { label: args.file })
if (review === null) throw new Error(`the review of ${args.file} failed`)
return review
