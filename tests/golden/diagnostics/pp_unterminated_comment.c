// A comment without its end.
int x;
/* and so on
