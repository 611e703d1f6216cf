// Constant indices outside of an array.
// options: -Wall -Wextra
struct s { int a[4]; int tail[0]; int flex[]; };
int arr[4], two[2][3];
int f(struct s *s)
{
	int n = arr[4] + arr[-1] + arr[3] + *(arr + 5);
	n += s->a[4] + s->tail[2] + s->flex[3];
	n += two[2][0] + two[1][3];
	int *end = &arr[4], *far = &arr[5];
	return n + *end + *far + "abc"[5];
}
