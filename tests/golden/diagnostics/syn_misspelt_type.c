// A type's name misspelt.
unsinged int x;
