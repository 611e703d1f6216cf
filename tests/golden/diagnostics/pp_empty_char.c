// A character constant of nothing.
char x = '';
