// An if or a loop that a semicolon ends.
// options: -Wall -Wextra
int f(int a)
{
	if (a);
		a++;
	while (a < 3);
	{
		a++;
	}
	for (a = 0; a < 3; a++);
		a--;
	while (a < 5)
		;
	if (a)
		;
	else;
	a++;
	switch (a);
	return a;
}
