// A semicolon between a function's head and body.
int f(int a);
{ return a; }
