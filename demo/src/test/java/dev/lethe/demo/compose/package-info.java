/** Holds docker-compose.yml, the Dockerfile and what they mount against the programs, where there is no Docker engine. */
@NullMarked
package dev.lethe.demo.compose;

import org.jspecify.annotations.NullMarked;
