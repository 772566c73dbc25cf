/** What the documents promise: their examples work as printed, and every setting is documented. */
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { ruleNames, thresholds } from '../resources/index.ts';
import { serveOptions } from '../server/config.ts';
import { openStore } from '../server/store/open.ts';
import { curlRequest } from './curl.ts';
import { openServer, type ServerUnderTest } from './server-under-test.ts';

const root = new URL('../', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, root), 'utf8');

interface Example {
  readonly command: string;
  /** The JSON printed behind the command. */
  readonly answer?: string;
}

/** The curl commands of a document, each with the answer printed behind it. */
function examples(document: string): readonly Example[] {
  const blocks = [...document.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language, content]) => ({
    language,
    content: content ?? '',
  }));
  return blocks.flatMap(({ language, content }, index) => {
    if (language !== 'sh' || !content.startsWith('curl')) return [];
    const next = blocks[index + 1];
    return [{ command: content, ...(next?.language === 'json' ? { answer: next.content } : {}) }];
  });
}

/** What differs from run to run: instants, ids of the server's, and the address of the server. */
const levelled = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'INSTANT')
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
      .replaceAll(/http:\/\/(127\.0\.0\.1:8080|care\.example)\//g, 'http://SERVER/')
      .replaceAll(/_page=[\w-]+/g, '_page=LINK'),
  );

const documents = ['README.md', ...readdirSync(new URL('docs/', root)).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

for (const name of documents) {
  const list = examples(text(name));
  if (list.length === 0) continue;
  describe(`the examples of ${name}`, () => {
    let server: ServerUnderTest;
    before(async () => {
      server = await openServer(await openStore({ url: 'sqlite::memory:' }), {
        fullText: name === 'docs/full-text.md',
        ownDefinitions: name === 'docs/profiles.md',
      });
    });
    after(() => server.close());

    for (const { command, answer } of list)
      it((command.split('\n')[0] ?? '').slice(0, 100), async () => {
        const { method, path, headers, body } = curlRequest(command);
        const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
        const request = server.http[verb](path).set(headers);
        const response = await (body === undefined ? request : request.send(body));
        assert.ok(response.status < 500, response.text);
        if (answer) assert.deepEqual(levelled(response.body), levelled(JSON.parse(answer)));
        else assert.ok(response.status < 300, response.text);
      });
  });
}

describe('docs/configuration.md', () => {
  const page = text('docs/configuration.md');
  for (const { long, envVar, description } of serveOptions)
    it(`has ${long} (${envVar}) with its description`, () => {
      const row = page.split('\n').find((line) => line.includes(`\`${long}\``));
      assert.ok(row, `${long} is missing`);
      assert.ok(row.includes(`\`${envVar}\``), `${envVar} is missing`);
      assert.ok(row.includes(description), `expected: ${description}`);
    });
});

describe('docs/configuration.md on the rules of the clinic', () => {
  const page = text('docs/configuration.md');
  for (const name of ruleNames) it(`has ${name}`, () => assert.ok(page.includes(`\`${name}\``)));
  for (const [name, number] of Object.entries(thresholds))
    it(`has ${name} and its default`, () => assert.ok(page.includes(`\`${name}=${number}\``)));
});

describe('links between documents', () => {
  for (const name of ['ARCHITECTURE.md', 'CONTRIBUTING.md', ...documents])
    it(`of ${name} lead to files`, () => {
      const folder = new URL(name, root);
      const missing = [...text(name).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
        .map(([, target]) => target ?? '')
        .filter((target) => !existsSync(new URL(target, folder)));
      assert.deepEqual(missing, []);
    });
});
