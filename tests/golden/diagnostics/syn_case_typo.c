// A keyword misspelt inside of a function.
int f(int a) { retrun a; }
