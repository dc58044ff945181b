/** Access reports: who builds which, and what becomes of it. */
@NullMarked
package dev.lethe.requests.access;

import org.jspecify.annotations.NullMarked;
