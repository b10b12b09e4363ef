/** core-js ships no types; its modules are imported for what they do to the realm. */
declare module 'core-js/modules/*';
