// Character constants of more than one character.
// options: -Wall -Wextra
int a = 'ab';
int b = 'abcd';
int d = 'x';
