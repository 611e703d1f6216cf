/* C11 7.23.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _STDNORETURN_H
#define _STDNORETURN_H

#define noreturn _Noreturn

#endif
