/** The laws of test/mappings/laws.test.ts with 10,000 random cases each. */
process.env.LAW_RUNS ??= '10000';
await import('../mappings/laws.test.ts');
