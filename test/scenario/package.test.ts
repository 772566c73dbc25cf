import { strict as assert } from 'node:assert';
import { setTimeout as wait } from 'node:timers/promises';
import type { CapabilityStatement, OperationOutcome } from '../../resources/types.ts';
import { readPackage } from '../../server/definition/package-file.ts';
import { installPackage, packagesIn, removePackage } from '../../server/definition/package-store.ts';
import { GUIDE, PROFILE, tinyPackage, withArchive } from '../server/definition/tiny-package.ts';
import { onEveryDatabase, openServer } from '../server-under-test.ts';

onEveryDatabase('FHIR packages', (server) => {
  const install = (version: string, required: string) =>
    withArchive(tinyPackage(version, required), async (path) => {
      const { manifest, resources } = await readPackage(path);
      await installPackage(server().store, manifest, resources);
    });

  /** What is missing in a Patient without anything, by the profile with this canonical. */
  async function complaint(canonical: string): Promise<string> {
    const { body } = await server()
      .http.post(`/fhir/Patient/$validate?profile=${encodeURIComponent(canonical)}`)
      .set('Content-Type', 'application/fhir+json')
      .send({ resourceType: 'Patient' });
    const errors = (body as OperationOutcome).issue.filter(({ severity }) => severity === 'error');
    return errors.map(({ diagnostics = '' }) => /^Patient\.\w+|not known/.exec(diagnostics)?.[0]).join();
  }

  async function metadata(): Promise<CapabilityStatement> {
    return (await server().http.get('/fhir/metadata')).body as CapabilityStatement;
  }

  /** Another process notices within half a second; this one is asked until it does. */
  async function until<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
    for (let found = await ask(); found !== wanted; found = await ask()) await wait(50);
  }

  it('are used by a running server', async () => {
    assert.equal(await complaint(PROFILE), 'not known');
    await install('1.0.0', 'name');
    await until(() => complaint(PROFILE), 'Patient.name');
  });

  it('stand side by side: each profile is built on the definitions of its own version', async () => {
    await install('2.0.0', 'birthDate');
    await until(() => complaint(PROFILE), 'Patient.birthDate');
    assert.equal(await complaint(`${PROFILE}|1.0.0`), 'Patient.name');
    assert.equal(await complaint(`${PROFILE}|2.0.0`), 'Patient.birthDate');
  });

  it('are declared in the CapabilityStatement', async () => {
    const { implementationGuide, rest } = await metadata();
    const guide = `${GUIDE}/ImplementationGuide/example`;
    assert.deepEqual(implementationGuide, [`${guide}|1.0.0`, `${guide}|2.0.0`]);
    const patient = rest?.[0]?.resource?.find(({ type }) => type === 'Patient');
    assert.ok(patient?.supportedProfile?.includes(`${PROFILE}|2.0.0`));
  });

  it('are there for a process that starts later', async () => {
    const second = await openServer(server().store);
    const { body } = await second.http.get('/fhir/metadata');
    assert.equal((body as CapabilityStatement).implementationGuide?.length, 2);
  });

  it('are replaced by the same version installed again', async () => {
    await install('2.0.0', 'gender');
    await until(() => complaint(PROFILE), 'Patient.gender');
    assert.equal((await packagesIn(server().store)).length, 2);
  });

  it('can be removed, one version or all', async () => {
    assert.equal((await removePackage(server().store, 'example.guide', '2.0.0')).length, 1);
    await until(() => complaint(PROFILE), 'Patient.name');
    assert.equal((await removePackage(server().store, 'example.guide', undefined)).length, 1);
    await until(() => complaint(PROFILE), 'not known');
    assert.deepEqual(await removePackage(server().store, 'example.guide', undefined), []);
    assert.equal((await metadata()).implementationGuide, undefined);
  });
});
