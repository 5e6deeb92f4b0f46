// What the compiler must not let pass: a mistake on each marked line, and on no other.
import createClient from "openapi-fetch";
import type { paths as Diadoc } from "./diadoc.js";
import type { paths as Kraken } from "./kraken.js";
import type { paths as Machnet } from "./machnet.js";
import type { paths as Navixy } from "./navixy.js";

createClient<Navixy>().POST("/user/auth", {
  body: { login: "charles.pearson@example.com" }, // no password
});
createClient<Machnet>().PATCH("/users/{user_id}", {
  params: { path: { user_id: "f45680e1-014d-42c7-be86-3b2899e911c3" } },
  body: { type: "BOTH" }, // no such type
});
createClient<Diadoc>().POST("/UpdateMyUser", {
  body: { FullName: { FullName: { FirstName: "Иван" } } }, // no LastName
});
createClient<Kraken>().GET("/b2b/users/{id}", {}); // no such path
