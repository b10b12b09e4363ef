export const meta = {
  name: 'review-diff',
  description: 'Reviews a diff with two agents and merges what they say',
  phases: [{ title: 'Review' }, { title: 'Merge' }],
}

if (typeof args?.diff !== 'string') throw new Error('give the diff: --args \'{"diff": "…"}\', or --args - with that on stdin')
if (args.diff.trim() === '') return 'Nothing to review.'

phase('Review')
const reviews = await parallel(
  ['correctness', 'security'].map((lens) => () =>
    agent(`Review this diff for ${lens} only:\n${args.diff}`, { label: lens }),
  ),
)
const said = reviews.filter(Boolean)
if (said.length < reviews.length) log(`${reviews.length - said.length} of ${reviews.length} reviewers failed`)
if (said.length === 0) throw new Error('no reviewer answered')

phase('Merge')
const merged = await agent(`Merge these reviews into one, without repetition:\n\n${said.join('\n\n')}`, { label: 'merge' })
if (merged === null) throw new Error('the agent that merges the reviews failed')
return merged
