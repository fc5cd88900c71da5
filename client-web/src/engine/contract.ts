/**
 * The engine's words, under one name.
 *
 * They are declared once, in Rust; this module only gathers the declarations made from it.
 */
export type * from './types';
