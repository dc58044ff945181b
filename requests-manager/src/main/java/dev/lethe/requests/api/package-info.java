/** What frontends and operators can do with requests over HTTP, and who may. */
@NullMarked
package dev.lethe.requests.api;

import org.jspecify.annotations.NullMarked;
