import { strict as assert } from 'node:assert';
import { issue } from '../../../resources/outcome.ts';
import type { AnyResource } from '../../../resources/types.ts';
import { reportHtml } from '../../../server/lint/html.ts';
import { lintInputs } from '../../../server/lint/input.ts';
import { linter } from '../../../server/lint/report.ts';
import { reportText } from '../../../server/lint/text.ts';

const patient = (id: string): AnyResource => ({ resourceType: 'Patient', id });
const wrongName = (index: number) =>
  issue('value', `the name <b>${index}</b>`, { rule: 'name', expression: `Patient.name[${index}].family` });

describe('the report of a linter', () => {
  it('groups issues by rule and element, with counts and a few examples', () => {
    const lint = linter();
    lint.add(patient('a'), 'a.json', [wrongName(0), wrongName(1)]);
    for (const id of ['b', 'c', 'd']) lint.add(patient(id), `${id}.json`, [wrongName(0)]);
    lint.add(patient('e'), 'e.json', []);
    const { resources, valid, groups, byType, issues } = lint.report();
    assert.deepEqual({ resources, valid, byType }, { resources: 5, valid: 1, byType: { Patient: 5 } });
    assert.equal(issues.error, 5);
    const [group] = groups;
    assert.equal(groups.length, 1);
    assert.deepEqual(
      [group?.rule, group?.element, group?.count, group?.resources, group?.examples.length],
      ['name', 'Patient.name.family', 5, 4, 3],
    );
    assert.equal(group?.examples[0]?.resource, 'Patient/a (a.json)');
  });

  it('puts errors first, then what is frequent', () => {
    const lint = linter();
    const remark = issue('value', 'remark', { severity: 'warning', rule: 'often' });
    lint.add(patient('a'), 'a', [remark, remark, issue('value', 'once', { rule: 'once' }), wrongName(0), wrongName(0)]);
    assert.deepEqual(
      lint.report().groups.map(({ rule }) => rule),
      ['name', 'once', 'often'],
    );
  });

  it('tells an issue in a Bundle of the resource in the entry', () => {
    const lint = linter();
    const bundle = { resourceType: 'Bundle', entry: [{ resource: patient('inside') }] } as unknown as AnyResource;
    lint.add(bundle, 'b.json', [issue('value', 'x', { rule: 'r', expression: 'Bundle.entry[0].resource.gender' })]);
    const [group] = lint.report().groups;
    assert.deepEqual([group?.element, group?.examples[0]?.resource], ['Patient.gender', 'Patient/inside (b.json)']);
  });

  it('stays small when every issue is another', () => {
    const lint = linter();
    for (let at = 0; at < 5000; at++) lint.add(patient('a'), 'a', [issue('value', 'x', { rule: `rule-${at}` })]);
    assert.equal(lint.report().groups.length, 2000);
    assert.equal(lint.report().issues.error, 5000);
  });

  it('is text that says how many of what, and a page that nothing of the input can take over', () => {
    const lint = linter();
    lint.add({ ...patient('<script>'), id: '<script>' }, 'a.json', [wrongName(0)]);
    const text = reportText(lint.report());
    assert.match(text, /^1 resource \(1 Patient\), 0 without an error: 1 error, 0 warnings, 0 for information/);
    assert.match(text, /ERROR {2}name {2}Patient.name.family {2}\(1 in 1 resource\)/);
    const html = reportHtml(lint.report());
    assert.ok(!html.includes('<script>') && !html.includes('<b>'));
    assert.match(html, /the name &lt;b&gt;0/);
  });
});

describe('lintInputs', () => {
  it('reads NDJSON line by line and goes on after one that cannot be read', () => {
    const text = '{"resourceType":"Patient"}\n\n{"resourceType":\n{"a":1}\n{"resourceType":"Patient","id":"b"}';
    const inputs = [...lintInputs(text, 'ndjson')];
    assert.deepEqual(
      inputs.map(({ where, resource }) => [where, resource?.resourceType]),
      [
        ['line 1', 'Patient'],
        ['line 3', undefined],
        ['line 4', undefined],
        ['line 5', 'Patient'],
      ],
    );
  });
});
