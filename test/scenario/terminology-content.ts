/** A small code system of moods, with hierarchy, properties and German names, and value sets over it. */
import type { CodeSystem, ConceptMap, ValueSet, ValueSetCompose } from '../../resources/types.ts';

export const MOODS = 'http://care.example/CodeSystem/mood';
export const VS = 'http://care.example/ValueSet';

export const moods: CodeSystem = {
  resourceType: 'CodeSystem',
  id: 'mood',
  url: MOODS,
  version: '2',
  name: 'Mood',
  title: 'Moods',
  status: 'active',
  content: 'complete',
  caseSensitive: true,
  property: [
    { code: 'valence', type: 'string' },
    { code: 'inactive', type: 'boolean' },
    { code: 'notSelectable', type: 'boolean' },
  ],
  concept: [
    {
      code: 'mood',
      display: 'Mood',
      property: [{ code: 'notSelectable', valueBoolean: true }],
      concept: [
        {
          code: 'low',
          display: 'Low mood',
          definition: 'Sadder than usual',
          designation: [{ language: 'de', value: 'Gedrückte Stimmung' }],
          property: [{ code: 'valence', valueString: 'negative' }],
          concept: [
            { code: 'sad', display: 'Sad', property: [{ code: 'valence', valueString: 'negative' }] },
            { code: 'hopeless', display: 'Hopeless', property: [{ code: 'valence', valueString: 'negative' }] },
          ],
        },
        { code: 'calm', display: 'Calm', property: [{ code: 'valence', valueString: 'positive' }] },
        { code: 'melancholic', display: 'Melancholic', property: [{ code: 'inactive', valueBoolean: true }] },
      ],
    },
  ],
};

export const valueSet = (id: string, compose: ValueSetCompose): ValueSet & { id: string } => ({
  resourceType: 'ValueSet',
  id,
  url: `${VS}/${id}`,
  status: 'active',
  name: id,
  compose,
});

type Filter = NonNullable<ValueSetCompose['include'][number]['filter']>[number];

export const filtered = (id: string, property: string, op: Filter['op'], value: string): ValueSet & { id: string } =>
  valueSet(id, { include: [{ system: MOODS, filter: [{ property, op, value }] }] });

export const toWords: ConceptMap & { id: string } = {
  resourceType: 'ConceptMap',
  id: 'mood-words',
  url: 'http://care.example/ConceptMap/mood-words',
  status: 'active',
  sourceUri: `${VS}/all`,
  targetUri: `${VS}/words`,
  group: [
    {
      source: MOODS,
      target: 'http://care.example/CodeSystem/word',
      element: [
        { code: 'sad', target: [{ code: 'blue', display: 'Blue', equivalence: 'narrower' }] },
        { code: 'calm', target: [{ equivalence: 'unmatched' }] },
      ],
      unmapped: { mode: 'fixed', code: 'other', display: 'Other' },
    },
  ],
};
