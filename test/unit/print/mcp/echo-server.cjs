/**
 * An MCP server of two tools, or of what PAGES names, as small as the protocol allows. It dies of `die`, and answers who
 * asks for a permission with ANSWER.
 */
const pages = process.env.PAGES === undefined ? undefined : JSON.parse(process.env.PAGES);

function page(n) {
  return {
    tools: pages[n % pages.length].map((tool) => ({ ...tool, inputSchema: { type: 'object' } })),
    ...(n + 1 < pages.length || process.env.ENDLESS ? { nextCursor: String(n + 1) } : {}),
  };
}

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'echo', version: '1' },
  }),
  'tools/list': (params) =>
    pages === undefined
      ? {
          tools: [
            {
              name: 'echo',
              description: 'says it',
              inputSchema: { type: 'object' },
              annotations: { readOnlyHint: true },
            },
            { name: 'fail', inputSchema: { type: 'object' } },
          ],
        }
      : page(Number(params?.cursor ?? 0)),
  'tools/call': ({ name, arguments: given }) => {
    if (given.die) process.exit(1);
    if (given.tool_name) return { content: [{ type: 'text', text: process.env.ANSWER }] };
    return called(name, given);
  },
};

function called(name, given) {
  return name === 'fail'
    ? { isError: true, content: [{ type: 'text', text: 'it failed' }] }
    : {
        content: [
          {
            type: 'text',
            text: `${given.say} ${process.env.MARK} ${process.env.ANTHROPIC_API_KEY ?? 'none'}`,
          },
        ],
      };
}

let rest = '';
process.stdin.on('data', (chunk) => {
  rest += chunk;
  const lines = rest.split('\n');
  rest = lines.pop();
  for (const line of lines) {
    const { id, method, params } = JSON.parse(line);
    if (id === undefined) continue;
    if (process.env.REFUSAL) {
      const error = { code: -1, message: process.env.REFUSAL };
      process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, error })}\n`);
      continue;
    }
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: answers[method](params) })}\n`);
  }
});
process.stdin.on('end', () => process.exit());
