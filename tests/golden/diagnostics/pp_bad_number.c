// A number with letters in it.
int x = 12ab;
