// memset and memcpy with the size of the pointer, transposed arguments.
// options: -Wall -Wextra
struct s { int a[8]; };
int f(struct s *s, const struct s *t, char buf[16])
{
	__builtin_memset(s, 0, sizeof(s));
	__builtin_memcpy(s, t, sizeof(t));
	__builtin_memset(s, 0, sizeof(*s));
	__builtin_memset(s, sizeof(*s), 0);
	return buf[0];
}
