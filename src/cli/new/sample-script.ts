/** What the model of a rehearsal writes, whatever the task: a sample of a text would be no script. */
export const SAMPLE_SCRIPT = `export const meta = {
  name: 'sample',
  description: 'Asks two agents one question, and a third to compare what they say',
  phases: [{ title: 'Ask' }, { title: 'Compare' }],
}

phase('Ask')
const answers = await parallel([1, 2].map((n) => () => agent(\`What is in this folder? Answer \${n} of 2.\`, { label: \`ask \${n}\` })))
const given = answers.filter(Boolean)
if (given.length < answers.length) log(\`\${answers.length - given.length} of \${answers.length} agents failed\`)

phase('Compare')
return await agent(\`Where do these differ?\\n\${JSON.stringify(given)}\`, { label: 'compare' })
`;
