/** `npm run build:wasm`: writes hasher.wasm.ts beside this file. */
import './assembly/write-hasher.ts';
