// An array of fewer than no elements.
int x[-1];
