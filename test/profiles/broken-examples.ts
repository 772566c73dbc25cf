/** Official examples that break a rule of the specification, with the rules they break and what is wrong in them. */
export const brokenExamples: Readonly<Record<string, { readonly rules: readonly string[]; readonly because: string }>> =
  {
    'ActivityDefinition-blood-tubes-supply.json': { rules: ['txt-2'], because: 'the narrative is empty' },
    'ActivityDefinition-heart-valve-replacement.json': { rules: ['txt-2'], because: 'the narrative is empty' },
    'Bundle-10bb101f-a121-4264-a920-67be9cb82c74.json': {
      rules: ['bundle-full-url'],
      because: 'Patient/pat2 is called pat12',
    },
    'Bundle-3a0707d3-549e-4467-b8b8-5a2ab3800efe.json': {
      rules: ['bundle-full-url'],
      because: 'Patient/pat2 is called pat12',
    },
    'Bundle-dataelements.json': {
      rules: ['identifier-uri', 'bdl-7'],
      because: 'a fullUrl is there twice; a URI that is none',
    },
    'Bundle-hla-1.json': {
      rules: ['extension-nested'],
      because: 'the extension glstring has the parts url and text, used is uri',
    },
    'Bundle-lri-example.json': {
      rules: ['bundle-full-url'],
      because: 'the ids of the resources lack the lri- of their fullUrls',
    },
    'Bundle-resources.json': { rules: ['identifier-uri'], because: 'a URI that is none' },
    'Bundle-ussg-fht.json': { rules: ['value-set-code'], because: 'the pound of UCUM is [lb_av], not [lb_i]' },
    'Bundle-v2-valuesets.json': { rules: ['type-code'], because: 'codes that end with a no-break space' },
    'Bundle-valueset-expansions.json': {
      rules: ['extension-context', 'issue-limit'],
      because: 'translation is an extension of strings, used on ValueSet.expansion.contains',
    },
    'Bundle-valuesets.json': {
      rules: ['extension-context'],
      because:
        'valueset-concept-comments is an extension of ValueSet.compose.include.concept, used on CodeSystem.concept',
    },
    'DeviceMetric-example.json': { rules: ['reference-target'], because: 'parent is a Device, not a DeviceDefinition' },
    'DeviceUseStatement-example.json': { rules: ['reference-target'], because: 'reasonReference is no Procedure' },
    'EventDefinition-example.json': {
      rules: ['txt-2', 'expression-syntax'],
      because: 'the narrative is empty, and a FHIRPath has a list in brackets that it does not know',
    },
    'ImagingStudy-example-xr.json': {
      rules: ['coding-code'],
      because: 'T-15460 is a code of SNOMED RT, not of SNOMED CT',
    },
    'ImplementationGuide-fhir.json': { rules: ['structure-min'], because: 'it has no name' },
    'Library-zika-virus-intervention-logic.json': {
      rules: ['type-canonical'],
      because: 'urn:oid:X.Y.Z is a placeholder',
    },
    'MedicationRequest-medrx0301.json': {
      rules: ['reference-target'],
      because: 'dispenseRequest.performer is an Organization, not a Practitioner',
    },
    'NutritionOrder-enteralcontinuous.json': {
      rules: ['coding-code'],
      because: 'the check digit of 6547210000124112 is wrong',
    },
    'Observation-clinical-gender.json': { rules: ['reference-target'], because: 'performer is no Encounter' },
    'Observation-example-genetics-brcapat.json': {
      rules: ['extension-unknown'],
      because: 'us-core-ethnicity is defined by US Core, which is not loaded',
    },
    'Organization-2.16.840.1.113883.19.5.json': { rules: ['identifier-uri'], because: 'an OID without urn:oid:' },
    'Questionnaire-qs1.json': { rules: ['structure-min'], because: 'items without linkId' },
    'Questionnaire-zika-virus-exposure-assessment.json': { rules: ['txt-2'], because: 'the narrative is empty' },
  };
