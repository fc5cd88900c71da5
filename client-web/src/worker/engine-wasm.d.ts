/** What `cargo xtask web` makes of crates/engine-wasm; declared here, so that the client can be checked without building it. */
declare module 'beraad-engine' {
  export default function init(options: { module_or_path: URL }): Promise<unknown>;
  export function deriveKey(passphrase: string, salt: Uint8Array): Uint8Array;
  export const WasmEngine: {
    open(name: string, key: Uint8Array, seed: Uint8Array, now: number): Promise<unknown>;
  };
}

declare module 'beraad-engine/wasm?url' {
  const url: string;
  export default url;
}
