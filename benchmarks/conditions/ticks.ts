/** The kernel tells processor time to programs in hundredths of a second, whatever its own clock (USER_HZ, proc(5)). */
export const MS_PER_TICK = 10;
