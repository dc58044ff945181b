/** Hands a finished report to whoever has its link, until it expires. */
@NullMarked
package dev.lethe.requests.access.delivery;

import org.jspecify.annotations.NullMarked;
