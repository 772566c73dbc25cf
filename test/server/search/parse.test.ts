import { strict as assert } from 'node:assert';
import type { FhirError } from '../../../resources/outcome.ts';
import { expressionText } from '../../../server/search/describe.ts';
import { parseQuery } from '../../../server/search/parse.ts';
import type { Query } from '../../../server/search/query.ts';
import { BASE, PAGE_KEY, parametersWithoutStore, requestOf } from './practice.ts';

const context = { parameters: parametersWithoutStore(), baseUrl: BASE, pageKey: PAGE_KEY };
const parse = (url: string): Query => parseQuery(requestOf(url), context);
const text = (url: string): string =>
  parse(url)
    .types.map(({ expression }) => expressionText(expression))
    .join('; ');

const code = (value: string): string => `{"kind":"code","code":"${value}"}`;
const begins = (value: string): string => `{"mode":"begins","folded":"${value}","exact":""}`;

const refuses = (url: string, rule: string): void =>
  assert.throws(
    () => parse(url),
    (error: FhirError) => error.status === 400 && error.issues.every((issue) => issue.rule === rule),
  );

describe('parseQuery', () => {
  const cases: readonly (readonly [url: string, expression: string])[] = [
    ['Patient', 'all'],
    ['Patient?active=true', `Patient.active ${code('true')}`],
    // https://hl7.org/fhir/R4/search.html#combining : repeated is and, a comma is or
    [
      'Patient?language=FR,NL&language=EN',
      `((Patient.language ${code('FR')} or Patient.language ${code('NL')}) and Patient.language ${code('EN')})`,
    ],
    // https://hl7.org/fhir/R4/search.html#escaping
    ['Patient?name=a\\,b', `Patient.name ${begins('ab')}`],
    ['Patient?identifier=a\\|b', `Patient.identifier ${code('a|b')}`],
    ['Patient?identifier=a\\\\,b', `(Patient.identifier ${code('a\\\\')} or Patient.identifier ${code('b')})`],
    ['Patient?gender:not=male,female', `not (Patient.gender ${code('male')} or Patient.gender ${code('female')})`],
    ['Patient?gender:missing=true', 'missing Patient.gender'],
    ['Patient?gender:missing=false', 'not missing Patient.gender'],
    // https://hl7.org/fhir/R4/search.html#chaining
    [
      'DiagnosticReport?subject:Patient.name=peter',
      `DiagnosticReport.subject -> Patient[Patient.name ${begins('peter')}]`,
    ],
    [
      'DiagnosticReport?subject.name=peter',
      `(DiagnosticReport.subject -> Patient[Patient.name ${begins('peter')}] or ` +
        `DiagnosticReport.subject -> Location[Location.name ${begins('peter')}])`,
    ],
    [
      'Patient?general-practitioner.name=joe&general-practitioner:PractitionerRole.practitioner.name=joe',
      `((Patient.general-practitioner -> Practitioner[Practitioner.name ${begins('joe')}] or ` +
        `Patient.general-practitioner -> Organization[Organization.name ${begins('joe')}]) and ` +
        `Patient.general-practitioner -> PractitionerRole[PractitionerRole.practitioner -> Practitioner[Practitioner.name ${begins('joe')}]])`,
    ],
    // https://hl7.org/fhir/R4/search.html#has
    [
      'Patient?_has:Observation:patient:code=1234-5',
      `Observation[Observation.code ${code('1234-5')}] -> Observation.patient`,
    ],
    [
      'Patient?_has:Observation:patient:_has:AuditEvent:entity:action=R',
      `Observation[AuditEvent[AuditEvent.action ${code('R')}] -> AuditEvent.entity] -> Observation.patient`,
    ],
    [
      'Encounter?patient._has:Group:member:_id=102',
      `Encounter.patient -> Patient[Group[Group._id ${code('102')}] -> Group.member]`,
    ],
    ['Patient?_list=42', `List[List._id ${code('42')}] -> List.item`],
    // https://hl7.org/fhir/R4/search_filter.html : from left to right, without precedence
    [
      'Patient?_filter=active eq true or gender eq male and gender eq other',
      `((Patient.active ${code('true')} or Patient.gender ${code('male')}) and Patient.gender ${code('other')})`,
    ],
    [
      'Patient?_filter=active eq true or (gender eq male and not (gender eq other))',
      `(Patient.active ${code('true')} or (Patient.gender ${code('male')} and not Patient.gender ${code('other')}))`,
    ],
    [
      'Observation?_filter=code eq http://loinc.org|1234-5',
      'Observation.code {"kind":"code","system":"http://loinc.org","code":"1234-5"}',
    ],
    ['Patient?_filter=name co "p) e]t"', 'Patient.name {"mode":"contains","folded":"p et","exact":""}'],
    [
      'Observation?_filter=patient[active eq true].organization.name eq "acme"',
      'Observation.patient -> Patient[(Patient.active {"kind":"code","code":"true"} and Patient.organization -> Organization[Organization.name {"mode":"is","folded":"acme","exact":""}])]',
    ],
    ['Patient?_filter=gender pr false', 'missing Patient.gender'],
  ];
  for (const [url, expression] of cases) it(url, () => assert.equal(text(url), expression));

  it('reads the result parameters', () => {
    const query = parse(
      'Patient?_sort=-birthdate,family&_count=5&_total=accurate&_summary=true&_elements=name,Patient.birthDate',
    );
    assert.deepEqual(query.sort, [
      { code: 'birthdate', descending: true },
      { code: 'family', descending: false },
    ]);
    const { count, total, summary, elements } = query;
    assert.deepEqual(
      { count, total, summary, elements },
      { count: 5, total: 'accurate', summary: 'true', elements: ['name', 'birthDate'] },
    );
  });

  it('takes a parameter given twice with the same value', () =>
    assert.equal(parse('Patient?_count=5&_count=5').count, 5));

  it('states what is carried out in the order of the request', () =>
    assert.deepEqual(parse('?_lastUpdated=gt2020&name=&_type=Patient&_count=2000&gender=male').applied, [
      ['_lastUpdated', 'gt2020'],
      ['_type', 'Patient'],
      ['_count', '1000'],
      ['gender', 'male'],
    ]));

  it('keeps repeated parameters in their order', () =>
    assert.deepEqual(parse('Patient?name=a&gender=male&name=b').applied, [
      ['name', 'a'],
      ['gender', 'male'],
      ['name', 'b'],
    ]));

  describe('limits', () => {
    const many = (count: number): string => Array.from({ length: count }, (_, at) => `v${at}`).join(',');
    it('takes 400 values, and 1000 ids', () => {
      parse(`Patient?gender=${many(400)}`);
      parse(`Patient?_id=${many(1000)}`);
      refuses(`Patient?gender=${many(401)}`, 'search-too-many-values');
      refuses(`Patient?_id=${many(1001)}`, 'search-too-many-values');
    });
    it('takes chains of ten links', () => {
      const chain = (links: number): string => `Organization?${'partof.'.repeat(links)}name=x`;
      parse(chain(10));
      refuses(chain(11), 'search-chain-depth');
    });
    it('refuses chains without types that fan out', () =>
      refuses('List?item.focus.focus.focus.focus.focus._id=x', 'search-too-costly'));
    it('takes a hundred parameters', () => refuses(`Patient?${'name=x&'.repeat(101)}`, 'search-too-many-parameters'));
    it('takes values of 20,000 characters', () =>
      refuses(`Patient?name=${'x'.repeat(20_001)}`, 'search-value-too-long'));
    it('takes filters nested fifty deep', () => {
      const nested = (depth: number): string =>
        `Patient?_filter=${'('.repeat(depth)}active eq true${')'.repeat(depth)}`;
      parse(nested(50));
      refuses(nested(60), 'search-filter-syntax');
    });
  });
});
