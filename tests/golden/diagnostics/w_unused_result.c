// The result of a function that has to be looked at.
// options: -Wall -Wextra
int get(void *p) __attribute__((warn_unused_result));
__attribute__((pure)) int ask(int a);
__attribute__((const)) int compute(int a);
int f(void *p)
{
	get(p);
	(void)get(p);
	ask(1);
	compute(2);
	if (get(p))
		get(0);
	return 0;
}
