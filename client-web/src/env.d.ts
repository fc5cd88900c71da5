interface TrustedTypePolicy {
  createScriptURL(input: string): { readonly brand: 'TrustedScriptURL' };
}

interface Window {
  trustedTypes?: {
    createPolicy(name: string, rules: { createScriptURL(input: string): string }): TrustedTypePolicy;
  };
}
