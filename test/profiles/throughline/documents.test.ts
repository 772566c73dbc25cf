import { strict as assert } from 'node:assert';
import { readFileSync, writeFileSync } from 'node:fs';
import { profilesDocument, wrongResourcesDocument } from './documents.ts';
import { examples } from './examples.ts';

/** Compares with a file of docs, or writes it with GOLDEN=1 (`npm run golden`). */
function documented(name: string, text: string): void {
  const file = new URL(`../../../docs/${name}`, import.meta.url);
  if (process.env.GOLDEN) writeFileSync(file, text);
  assert.equal(text, readFileSync(file, 'utf8'));
}

describe('the documents of our profiles', () => {
  it('describe the profiles as they are', () => documented('profiles.md', profilesDocument()));

  it('show what is said of wrong resources', () => documented('wrong-resources.md', wrongResourcesDocument()));

  it('show at least 20 wrong care plans, goals, teams, appointments and PHQ-9 responses', () => {
    const profiles = ['care-plan', 'goal', 'care-team', 'appointment', 'phq9-response'];
    const shown = examples.filter(({ profile, wrong }) => wrong && profiles.includes(profile));
    assert.ok(shown.length >= 20, String(shown.length));
    for (const profile of profiles) assert.ok(shown.some((example) => example.profile === profile));
  });
});
