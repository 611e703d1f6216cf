// A character without its end.
char x = 'a;
int y;
