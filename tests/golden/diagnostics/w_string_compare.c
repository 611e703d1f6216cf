// A string literal is compared by its address.
// options: -Wall -Wextra
int f(const char *s)
{
	if (s == "abc")
		return 1;
	return s != "d";
}
