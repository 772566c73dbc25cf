import { strict as assert } from 'node:assert';
import type { Appointment, Bundle, FhirResource, Identifier, Patient } from '../../../resources/types.ts';
import { clientBundle, clientStory, type DemoOptions, population } from '../../../server/demo/population.ts';
import { recognisable } from './recognisable.ts';
import { referencesIn } from './resources.ts';

const options: DemoOptions = { clients: 200, seed: 7, until: '2026-11-02' };
const bundles = [...population(options)];
const [practice, ...clients] = bundles as [Bundle, ...Bundle[]];

const resourcesOf = (bundle: Bundle): FhirResource[] =>
  bundle.entry?.map(({ resource }) => resource as FhirResource) ?? [];
const urlsOf = (bundle: Bundle): Set<string> => new Set(bundle.entry?.map(({ request }) => request?.url ?? ''));
const ofType = <T extends FhirResource['resourceType']>(type: T): Extract<FhirResource, { resourceType: T }>[] =>
  clients
    .flatMap(resourcesOf)
    .filter((one): one is Extract<FhirResource, { resourceType: T }> => one.resourceType === type);

describe('the demo population', () => {
  describe('is deterministic', () => {
    it('is the same, byte for byte, for the same options', () => {
      assert.equal(JSON.stringify([...population(options)]), JSON.stringify(bundles));
    });

    it('has the same client k whatever the number of clients', () => {
      const few = [...population({ ...options, clients: 3 })];
      assert.deepEqual(few, bundles.slice(0, 4));
      assert.deepEqual(clientBundle(options, 200), clients[199]);
    });

    it('has other clients for another seed, and the same practice', () => {
      const [otherPractice, otherClient] = [...population({ ...options, clients: 1, seed: 8 })];
      assert.deepEqual(otherPractice, practice);
      assert.notEqual(JSON.stringify(otherClient).replaceAll('client-8', 'client-7'), JSON.stringify(clients[0]));
    });
  });

  it('generates a client only when asked for it', () => {
    const endless = population({ ...options, clients: 900_000_000 });
    endless.next();
    assert.equal((endless.next().value as Bundle).entry?.[0]?.resource?.id, 'client-7-000001');
    endless.return(undefined);
  });

  for (const [what, wrong] of [
    ['clients is -1', { clients: -1 }],
    ['clients is 1.5', { clients: 1.5 }],
    ['seed is 4294967296', { seed: 4294967296 }],
    ['until is soon', { until: 'soon' }],
  ] as const)
    it(`refuses options where ${what}`, () => {
      assert.throws(() => population({ ...options, ...wrong }).next(), {
        name: 'RangeError',
        message: new RegExp(what),
      });
    });

  describe('can be loaded', () => {
    it('is transactions of PUT to the id of each resource', () => {
      for (const bundle of bundles) {
        assert.equal(bundle.type, 'transaction');
        for (const { fullUrl, request, resource } of bundle.entry ?? []) {
          const url = `${resource?.resourceType}/${resource?.id}`;
          assert.deepEqual(request, { method: 'PUT', url });
          assert.equal(fullUrl, `https://demo.throughline.example/fhir/${url}`);
        }
      }
    });

    it('names no resource twice, and each by a valid id', () => {
      const urls = bundles.flatMap((bundle) => bundle.entry?.map(({ request }) => request?.url ?? '') ?? []);
      assert.equal(new Set(urls).size, urls.length);
      // https://hl7.org/fhir/R4/datatypes.html#id
      for (const url of urls) assert.match(url, /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/);
    });

    it('refers to nothing but the practice and the client itself', () => {
      const known = urlsOf(practice);
      for (const bundle of bundles) {
        const own = urlsOf(bundle);
        for (const reference of resourcesOf(bundle).flatMap(referencesIn))
          assert.ok(own.has(reference) || known.has(reference), reference);
      }
    });

    it('has 40 to 80 resources for most clients', () => {
      const sizes = clients.map((bundle) => bundle.entry?.length ?? 0);
      const usual = sizes.filter((size) => size >= 40 && size <= 80).length;
      assert.ok(usual > 180, sizes.join(' '));
    });
  });

  it('gives no identifier twice among 2,000 clients', () => {
    const seen = new Set<string>();
    for (const bundle of population({ ...options, clients: 2000 }))
      for (const resource of resourcesOf(bundle)) {
        if (!('identifier' in resource)) continue;
        for (const { system, value } of [resource.identifier].flat() as Identifier[]) {
          const identifier = `${system}|${value}`;
          assert.ok(!seen.has(identifier), identifier);
          seen.add(identifier);
        }
      }
    assert.ok(seen.size > 10_000);
  });

  it('tells a recognisable course of depression for each client, and names it in a tag of the Patient', () => {
    const names = new Set<string>();
    for (const [at, bundle] of clients.entries()) {
      const resources = resourcesOf(bundle);
      const trajectory = clientStory(options, at + 1).trajectory;
      const totals = resources.flatMap((one) =>
        one.resourceType === 'Observation' && one.code.coding?.[0]?.code === '44261-6'
          ? [one.valueQuantity?.value ?? -1]
          : [],
      );
      assert.ok(recognisable[trajectory](totals), `${trajectory}: ${totals.join(' ')}`);
      assert.equal((resources[0] as Patient).meta?.tag?.[0]?.code, trajectory);
      names.add(trajectory);
    }
    assert.equal(names.size, 5);
  });

  it('has appointments in each status of R4', () => {
    const statuses = new Set(ofType('Appointment').map(({ status }) => status));
    assert.deepEqual(
      [...statuses].sort(),
      'arrived booked cancelled checked-in entered-in-error fulfilled noshow pending proposed waitlist'.split(' '),
    );
  });

  it('has something of each kind to search for', () => {
    const tags = new Set(ofType('Patient').flatMap(({ meta }) => meta?.tag?.map(({ code }) => code) ?? []));
    assert.ok(tags.has('high-touch') && tags.has('interpreter'));
    assert.ok(ofType('Condition').some(({ meta }) => meta?.security?.some(({ code }) => code === 'ETH')));
    assert.ok(ofType('Communication').some(({ language }) => language === 'es'));
    assert.ok(ofType('Patient').some(({ deceasedDateTime }) => deceasedDateTime));
    assert.ok(ofType('Patient').some(({ name }) => name?.some(({ use }) => use === 'nickname')));
    assert.ok(ofType('Patient').some(({ name }) => /[^ -~]/.test(name?.[0]?.family ?? '')));
    assert.ok(ofType('Encounter').some(({ hospitalization }) => hospitalization?.dischargeDisposition));
    assert.ok(ofType('Task').some(({ priority }) => priority === 'stat'));
    assert.ok(ofType('Goal').some(({ target }) => target?.[0]?.detailRange));
    assert.ok(ofType('Consent').some(({ provision }) => provision?.provision?.[0]?.type === 'deny'));
  });
});

/** The moments at which things happened to a client, as opposed to when they are due or planned. */
function happened(resource: FhirResource): (string | undefined)[] {
  switch (resource.resourceType) {
    case 'Encounter':
      return [resource.period?.start, resource.period?.end];
    case 'Appointment':
      return [resource.created];
    case 'Observation':
      return [resource.effectiveDateTime, resource.issued];
    case 'QuestionnaireResponse':
      return [resource.authored];
    case 'Communication':
      return [resource.sent];
    case 'Condition':
      return [resource.onsetDateTime, resource.abatementDateTime, resource.recordedDate];
    case 'MedicationRequest':
    case 'ServiceRequest':
      return [resource.authoredOn];
    case 'Task':
      return [resource.authoredOn, resource.lastModified, resource.executionPeriod?.end];
    case 'Goal':
      return [resource.startDate, resource.statusDate];
    case 'CarePlan':
    case 'Flag':
    case 'CareTeam':
      return [resource.period?.start, resource.period?.end];
    case 'Consent':
      return [resource.dateTime];
    default:
      return [];
  }
}

describe('time in the demo population', () => {
  const deceased = [...population({ ...options, clients: 600 })]
    .slice(1)
    .map(resourcesOf)
    .filter(([one]) => (one as Patient).deceasedDateTime !== undefined);

  it('ends with death', () => {
    assert.ok(deceased.length > 3);
    for (const [first, ...resources] of deceased) {
      const death = (first as Patient).deceasedDateTime ?? '';
      for (const resource of resources) {
        for (const moment of happened(resource))
          assert.ok(!moment || moment.slice(0, 10) <= death, `${resource.id} ${moment}`);
        if (resource.resourceType === 'Appointment')
          assert.ok((resource.start ?? '').slice(0, 10) <= death, resource.id);
      }
    }
  });

  it('has nothing happen after the day on which the story is told', () => {
    for (const resource of clients.flatMap(resourcesOf))
      for (const moment of happened(resource))
        assert.ok(!moment || moment.slice(0, 10) <= options.until, `${resource.id} ${moment}`);
  });

  it('has birth before onset, and onset before the first encounter', () => {
    for (const [at, bundle] of clients.entries()) {
      const resources = resourcesOf(bundle);
      const { birthDate = '' } = resources[0] as Patient;
      const first = resources
        .flatMap((one) => (one.resourceType === 'Encounter' ? [one.period?.start ?? ''] : []))
        .sort()[0]
        ?.slice(0, 10);
      for (const one of resources) {
        if (one.resourceType !== 'Condition' || !one.onsetDateTime) continue;
        assert.ok(birthDate < one.onsetDateTime, `${at + 1} ${birthDate}`);
        assert.ok(one.onsetDateTime <= (first ?? ''), `${one.id} ${one.onsetDateTime} ${first}`);
        assert.ok(!one.abatementDateTime || one.onsetDateTime < one.abatementDateTime);
      }
    }
  });

  it('has every period end no sooner than it starts', () => {
    const check = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const { start, end } = value as Record<string, unknown>;
      if (typeof start === 'string' && typeof end === 'string') assert.ok(start <= end, `${start} to ${end}`);
      for (const inner of Object.values(value)) check(inner);
    };
    for (const bundle of bundles) check(bundle);
  });

  const after = new Set<Appointment['status']>(['booked', 'pending', 'proposed', 'waitlist', 'cancelled']);
  it('keeps what is booked ahead, and what was kept or missed behind', () => {
    for (const { start = '', status, id } of ofType('Appointment')) {
      const day = start.slice(0, 10);
      if (day > options.until) assert.ok(after.has(status), `${id} ${status} on ${day}`);
      if (day < options.until)
        assert.ok(!['booked', 'pending', 'arrived', 'checked-in'].includes(status), `${id} ${status}`);
    }
    const booked = ofType('Appointment').filter(({ status }) => status === 'booked');
    assert.ok(booked.some(({ start = '' }) => start > options.until));
  });

  it('has each encounter of a visit within its appointment, of status fulfilled', () => {
    const appointments = new Map(ofType('Appointment').map((one) => [`Appointment/${one.id}`, one]));
    for (const encounter of ofType('Encounter')) {
      const appointment = appointments.get(encounter.appointment?.[0]?.reference ?? '');
      if (!appointment) continue;
      assert.equal(encounter.period?.start, appointment.start);
      if (encounter.status === 'finished') assert.equal(appointment.status, 'fulfilled');
    }
  });
});
