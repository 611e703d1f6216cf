// An escape sequence that C does not have.
// options: -Wall -Wextra
const char a[] = "\\d \d \q";
char b = '\y';
const char c[] = "\e\n\t\x41\101\?";
