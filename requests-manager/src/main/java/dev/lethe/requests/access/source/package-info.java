/** Where a report is gathered from. */
@NullMarked
package dev.lethe.requests.access.source;

import org.jspecify.annotations.NullMarked;
