/** The intake fills the record of the client, states the consent, assesses the risk, and opens a safety follow-up. */
import { strict as assert } from 'node:assert';
import type { Consent, Flag, Patient, RiskAssessment } from '../../resources/types.ts';
import { ruleSettings } from '../../server/config.ts';
import { onEveryDatabase } from '../server-under-test.ts';
import { intake, type Told, way } from './intake-answers.ts';
import { type Server, speaking, teamOf } from './speaking.ts';

const OURS = 'https://throughline.dev/fhir/StructureDefinition';
const STANDARD = 'http://hl7.org/fhir/StructureDefinition';

/** What is known of Rosa before her intake. */
const rosa = (id: string): Patient & { readonly id: string } => ({
  resourceType: 'Patient',
  id,
  extension: [
    { url: `${OURS}/client-coordinator`, valueReference: { reference: 'Practitioner/ana' } },
    { url: `${OURS}/client-life-circumstances`, valueString: 'Lives with her sister' },
  ],
  identifier: [{ system: 'https://throughline.dev/fhir/id/mrn', value: `mrn-${id}` }],
  name: [{ use: 'official', family: 'Vega', given: ['Rosalía'] }],
  telecom: [{ system: 'phone', value: '+1 555 010 7788', use: 'home' }],
  gender: 'female',
  birthDate: '1968-04-12',
  communication: [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] }, preferred: true }],
  contact: [{ name: { text: 'Luz Vega' }, telecom: [{ system: 'phone', value: '555 010 1111' }] }],
});

const amended = { status: 'amended' } as const;

onEveryDatabase('the intake and the record of the client', (server: Server) => {
  const { put, get, found, tasks } = speaking(server);
  const recordOf = (person: string) => get<Patient>(`Patient/${person}`);
  const told = async (person: string, answers: Told, more: object = {}, id = person) =>
    put(intake(id, person, answers, more));
  const extensionOf = ({ extension = [] }: Patient, url: string) => extension.find((each) => each.url === url);

  it('fills what is answered and touches nothing else', async () => {
    await put(rosa('rosa'));
    await told('rosa', {
      contact: {
        name: { valueString: 'Rosa' },
        pronouns: { valueString: 'she/her' },
        language: { valueCoding: { system: 'urn:ietf:bcp:47', code: 'es', display: 'Español' } },
        interpreter: { valueBoolean: true },
        way: way('text-message', 'By text message'),
        when: { valueString: 'After work' },
        phone: { valueString: '555 010 2233' },
        email: { valueString: 'rosa@example.org' },
        support: { valueString: 'Marta Vega' },
        'support.phone': { valueString: '555 010 4455' },
        'support.relation': {
          valueCoding: { system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'SIB', display: 'sibling' },
        },
      },
    });
    const before = rosa('rosa');
    const { meta: _meta, extension = [], ...record } = await recordOf('rosa');
    assert.deepEqual(record, {
      ...Object.fromEntries(Object.entries(before).filter(([name]) => name !== 'extension')),
      name: [...(before.name ?? []), { use: 'usual', given: ['Rosa'] }],
      telecom: [
        ...(before.telecom ?? []),
        { system: 'phone', value: '555 010 2233' },
        { system: 'email', value: 'rosa@example.org' },
      ],
      communication: [
        { language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] } },
        { language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'es', display: 'Español' }] }, preferred: true },
      ],
      contact: [
        ...(before.contact ?? []),
        {
          relationship: [
            {
              coding: [
                {
                  system: 'http://terminology.hl7.org/CodeSystem/v2-0131',
                  code: 'C',
                  display: 'Emergency Contact',
                },
              ],
            },
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'SIB', display: 'sibling' },
              ],
            },
          ],
          name: { text: 'Marta Vega' },
          telecom: [{ system: 'phone', value: '555 010 4455' }],
        },
      ],
    });
    assert.deepEqual(extension.slice(0, 2), before.extension);
    assert.deepEqual(
      extension.slice(2).map(({ url }) => url),
      [
        `${STANDARD}/individual-pronouns`,
        `${STANDARD}/patient-interpreterRequired`,
        `${OURS}/client-communication-preferences`,
        `${OURS}/client-consent-to-share`,
        `${OURS}/client-risk-tier`,
      ],
    );
    assert.equal(extension[4]?.valueString, 'By text message. After work');
  });

  it('is read by the practice as the fields of the Client', async () => {
    const { status, body } = await server().http.get('/care/clients/rosa');
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body.preferredName, { given: ['Rosa'] });
    assert.equal(body.pronouns, 'she/her');
    assert.equal(body.interpreterNeeded, true);
    assert.equal(body.communicationPreferences, 'By text message. After work');
    assert.deepEqual(body.languages, [{ language: 'en' }, { language: 'es', preferred: true }]);
    assert.deepEqual(body.emergencyContacts?.[0]?.relation, 'sibling');
    assert.deepEqual(body.consentToShare, { decision: 'agreed', date: '2026-03-02' });
    assert.equal(body.riskTier, 'low');
    assert.deepEqual(body.coordinator, { kind: 'practitioner', id: 'ana' });
  });

  it('written again changes nothing; corrected, it puts the answer in the place of the one before', async () => {
    await put(rosa('corr'));
    const phone = (value: string) => ({ contact: { phone: { valueString: value } } });
    await told('corr', phone('555 010 9999'));
    await told('corr', phone('555 010 9999'));
    assert.equal((await recordOf('corr')).meta?.versionId, '2');
    await told('corr', phone('555 010 9998'), amended);
    assert.deepEqual(
      (await recordOf('corr')).telecom?.map(({ value }) => value),
      ['+1 555 010 7788', '555 010 9998'],
    );
  });

  it('adds no number, name or language that is there already', async () => {
    await put(rosa('there'));
    await told('there', {
      contact: {
        phone: { valueString: '+1-555-010-7788' },
        language: { valueCoding: { system: 'urn:ietf:bcp:47', code: 'en' } },
        support: { valueString: 'Luz Vega' },
      },
    });
    const { telecom, communication, contact } = await recordOf('there');
    assert.deepEqual(telecom, rosa('there').telecom);
    assert.deepEqual(communication, rosa('there').communication);
    assert.equal(contact?.length, 1);
    assert.deepEqual(contact?.[0]?.telecom, [{ system: 'phone', value: '555 010 1111' }]);
  });

  it('of an earlier day that comes in late fills in nothing', async () => {
    await put(rosa('late'));
    await told('late', { contact: { name: { valueString: 'Rosa' } } }, {}, 'late-2');
    await told(
      'late',
      { contact: { name: { valueString: 'Lía' } }, team: false },
      { authored: '2025-01-07' },
      'late-1',
    );
    assert.deepEqual((await recordOf('late')).name?.[1]?.given, ['Rosa']);
    const consents = await found<Consent>('Consent?patient=Patient/late');
    assert.deepEqual(consents.map(({ status }) => status).sort(), ['active', 'inactive']);
    assert.equal(consents.find(({ status }) => status === 'inactive')?.provision?.type, 'deny');
  });

  it('is later by its instant, whatever the zone it is told in', async () => {
    await put(rosa('zone'));
    const called = (name: string) => ({ contact: { name: { valueString: name } } });
    await told('zone', called('Rosa'), { authored: '2026-03-02T01:00:00+09:00' }, 'zone-1');
    await told('zone', called('Rosi'), { authored: '2026-03-01T20:00:00Z' }, 'zone-2');
    assert.deepEqual((await recordOf('zone')).name?.[1]?.given, ['Rosi']);
    const { authored: _never, id: _id, ...timeless } = intake('', 'zone', called('Rosita'));
    await put({ ...timeless, id: 'zone-3' });
    assert.deepEqual((await recordOf('zone')).name?.[1]?.given, ['Rosita']);
  });

  it('of a client who is not stored here is told so', async () => {
    const { id, ...response } = intake('nobody', 'nobody');
    const { status, text } = await server()
      .http.put(`/fhir/QuestionnaireResponse/${id}`)
      .set('Prefer', 'return=OperationOutcome')
      .send({ id, ...response });
    assert.equal(status, 201);
    assert.match(text, /Patient\/nobody is not stored here: the intake fills in nobody's record/);
  });

  it('in progress fills in nothing yet', async () => {
    await put(rosa('half'));
    await told('half', {}, { status: 'in-progress' });
    assert.equal((await recordOf('half')).meta?.versionId, '1');
  });

  it('that is taken back leaves the record to a person, who is asked to look', async () => {
    await put(rosa('taken'));
    await put(teamOf('taken'));
    await told('taken', {});
    for (let time = 0; time < 2; time += 1) await told('taken', {}, { status: 'entered-in-error' });
    assert.equal(extensionOf(await recordOf('taken'), `${OURS}/client-risk-tier`)?.valueCode, 'low');
    const [task, ...more] = await tasks('taken', 'review-answers');
    assert.deepEqual(more, []);
    assert.equal(task?.status, 'requested');
    assert.match(task?.description ?? '', /was taken back, and what it filled into the record/);
  });
});

onEveryDatabase('the intake and consent', (server: Server) => {
  const { put, get, found } = speaking(server);
  const consentsOf = (person: string) => found<Consent>(`Consent?patient=Patient/${person}`);

  for (const [title, answers, decision, type, exceptions] of [
    ['all may be shared', {}, 'agreed', 'permit', []],
    ['nothing may be shared', { team: false, partners: false, limits: 'All of it' }, 'refused', 'deny', []],
    ['not with community organizations', { partners: false }, 'limited', 'permit', ['Community organizations']],
    ['not one thing', { limits: 'My time in prison' }, 'limited', 'permit', ['My time in prison']],
    [
      'neither',
      { partners: false, limits: 'My time in prison' },
      'limited',
      'permit',
      ['Community organizations', 'My time in prison'],
    ],
  ] as readonly [string, Told, string, string, readonly string[]][])
    it(`${title}: ${decision}`, async () => {
      const person = title.replaceAll(' ', '-');
      await put(rosa(person));
      await put(intake(person, person, answers));
      const [consent] = await consentsOf(person);
      assert.equal(consent?.status, 'active');
      assert.equal(consent?.provision?.type, type);
      assert.deepEqual(consent?.sourceReference, { reference: `QuestionnaireResponse/${person}` });
      assert.equal(consent?.dateTime, '2026-03-02T10:15:00Z');
      const kept = (consent?.provision?.provision ?? []).map(
        ({ actor, code }) => actor?.[0]?.reference.display ?? code?.[0]?.text,
      );
      assert.deepEqual(kept, exceptions);
      const client = await get<Patient>(`Patient/${person}`);
      const parts = client.extension?.find(({ url }) => url === `${OURS}/client-consent-to-share`)?.extension;
      assert.equal(parts?.find(({ url }) => url === 'decision')?.valueCode, decision);
      assert.equal(parts?.find(({ url }) => url === 'date')?.valueDate, '2026-03-02');
      assert.equal(
        parts?.some(({ url }) => url === 'limits'),
        exceptions.length > 0,
      );
    });

  it('the latest decision is in force; one that is taken back was entered in error', async () => {
    await put(rosa('two'));
    await put(intake('two-1', 'two'));
    await put(intake('two-2', 'two', { team: false }, { authored: '2026-09-01' }));
    const states = async () => (await consentsOf('two')).map(({ status, dateTime }) => `${dateTime} ${status}`).sort();
    assert.deepEqual(await states(), ['2026-03-02T10:15:00Z inactive', '2026-09-01 active']);
    await put(intake('two-2', 'two', { team: false }, { authored: '2026-09-01', status: 'entered-in-error' }));
    assert.deepEqual(await states(), ['2026-03-02T10:15:00Z inactive', '2026-09-01 entered-in-error']);
  });

  it('leaves a Consent of another source alone', async () => {
    await put({
      resourceType: 'Consent',
      id: 'of-the-hospital',
      status: 'active',
      scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
      category: [{ coding: [{ system: 'http://loinc.org', code: '64292-6' }] }],
      patient: { reference: 'Patient/hosp' },
      policyRule: { text: 'Hospital form 12' },
    });
    await put(intake('hosp', 'hosp'));
    assert.equal((await get<Consent>('Consent/of-the-hospital')).status, 'active');
  });
});

onEveryDatabase('the intake and risk', (server: Server) => {
  const { put, get, found, tasks } = speaking(server);
  const riskOf = async (person: string) => (await found<RiskAssessment>(`RiskAssessment?subject=Patient/${person}`))[0];
  const tierOf = ({ extension = [] }: Patient) =>
    extension.find(({ url }) => url === `${OURS}/client-risk-tier`)?.valueCode;
  const three = { food: 'wants-help', money: 'wants-help', work: 'declines-help' } as const;

  for (const [answers, tier, rationale] of [
    [{}, 'low', undefined],
    [{ hospital: 0 }, 'low', undefined],
    [{ hospital: 1 }, 'rising', '1 stay in hospital in the last year.'],
    [{ hospital: 2 }, 'rising', '2 stays in hospital in the last year.'],
    [{ hospital: 3 }, 'high', '3 stays in hospital in the last year: 3 or more.'],
    [{ needs: { food: 'wants-help', money: 'wants-help' } }, 'low', undefined],
    [{ needs: three }, 'rising', '3 social needs: 3 or more.'],
    [{ home: false }, 'high', 'Not safe at home.'],
    [{ needs: { partner: 'declines-help' } }, 'high', 'Harm or fear by a partner.'],
    [{ home: false, hospital: 4 }, 'high', 'Not safe at home. 4 stays in hospital in the last year: 3 or more.'],
    [
      { harm: true, hospital: 1 },
      'crisis',
      'Thoughts of hurting themselves or someone else. 1 stay in hospital in the last year.',
    ],
  ] as readonly [Told, string, string | undefined][])
    it(`${JSON.stringify(answers)} is ${tier}`, async () => {
      const person = `r${JSON.stringify(answers).replaceAll(/[^a-z0-9]/g, '')}`.slice(0, 60);
      await put(rosa(person));
      await put(intake(person, person, answers));
      const risk = await riskOf(person);
      assert.equal(risk?.prediction?.[0]?.qualitativeRisk?.coding?.[0]?.code, tier);
      assert.equal(risk?.prediction?.[0]?.rationale, rationale);
      assert.deepEqual(risk?.basis, [{ reference: `QuestionnaireResponse/${person}` }]);
      assert.equal(tierOf(await get<Patient>(`Patient/${person}`)), tier);
    });

  it('raises a tier that is set, and lowers none', async () => {
    for (const [person, set, answers, tier] of [
      ['set-high', 'high', {}, 'high'],
      ['set-low', 'low', { hospital: 3 }, 'high'],
    ] as const) {
      await put({ ...rosa(person), extension: [{ url: `${OURS}/client-risk-tier`, valueCode: set }] });
      await put(intake(person, person, answers));
      assert.equal(tierOf(await get<Patient>(`Patient/${person}`)), tier);
    }
  });

  it('is found by the likelihood, and entered in error with its intake', async () => {
    await put(intake('find', 'find', { hospital: 5 }));
    const search =
      'RiskAssessment?subject=Patient/find&risk=http://terminology.hl7.org/CodeSystem/risk-probability|high';
    assert.equal((await found(search)).length, 1);
    await put(intake('find', 'find', { hospital: 5 }, { status: 'entered-in-error' }));
    assert.equal((await riskOf('find'))?.status, 'entered-in-error');
  });

  it('of harm opens the safety follow-up: a Flag and a stat Task for today', async () => {
    await put(teamOf('harm'));
    await put(intake('harm', 'harm', { harm: true }));
    const [task] = await tasks('harm', 'safety-follow-up');
    assert.equal(task?.priority, 'stat');
    assert.match(task?.description ?? '', /Intake of 2026-03-02: thoughts of hurting .* answered "Yes".*today/);
    const [flag] = await found<Flag>('Flag?patient=Patient/harm');
    assert.equal(flag?.status, 'active');
    await put(intake('harm', 'harm', { harm: false }, amended));
    const [noted] = await tasks('harm', 'safety-follow-up');
    assert.equal(noted?.status, 'requested');
    assert.match(noted?.note?.[0]?.text ?? '', /were answered "No"\. This stays open until a person closes it/);
    await put(intake('calm', 'calm'));
    assert.deepEqual(await tasks('calm', 'safety-follow-up'), []);
  });
});

onEveryDatabase(
  'the intake with thresholds by configuration',
  (server: Server) => {
    const { put, found } = speaking(server);
    it('says from how many stays in hospital a risk is high', async () => {
      await put(intake('two', 'two', { hospital: 2 }));
      const [risk] = await found<RiskAssessment>('RiskAssessment?subject=Patient/two');
      assert.equal(risk?.prediction?.[0]?.qualitativeRisk?.coding?.[0]?.code, 'high');
    });
  },
  { rules: ruleSettings('risk-stays=2') },
);
