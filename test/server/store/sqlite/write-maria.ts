/** Another process: writes the next version of Maria to the database that its argument names. */
import { openStore } from '../../../../server/store/open.ts';
import { maria, put } from '../fixture.ts';

const store = await openStore({ url: process.argv[2] ?? '' });
await put(store, maria);
await store.close();
