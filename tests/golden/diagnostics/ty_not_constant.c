// A global set from a variable.
int a = 1;
int b = a + 1;
