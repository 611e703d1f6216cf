// C++'s way to declare a reference.
int f(int &a) { return a; }
