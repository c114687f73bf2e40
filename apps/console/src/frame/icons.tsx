import type { ReactNode } from "react";

import type { Page } from "../route/location.ts";

const paths: Readonly<Record<Page, string>> = {
  live: "M2.500 10h3l2-5 4 10 2.500-5h3.500",
  playground:
    "M7 6.500a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0ZM18 6.500a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0ZM1 16.500c0-3 1.500-4.500 3.500-4.500S8 13.500 8 16.500M12 16.500c0-3 1.500-4.500 3.500-4.500s3.500 1.500 3.500 4.500M8.500 6.500h3",
  settings: "M3 6h6M13 6h4M3 14h3M10 14h7M13 6a2 2 0 1 1-4 0 2 2 0 0 1 4 0ZM10 14a2 2 0 1 1-4 0 2 2 0 0 1 4 0Z",
  deliveries: "M4 5.500h12M4 10h12M4 14.500h7",
  groups:
    "M7.500 9a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zm-5 7c0-2.800 2.200-4.500 5-4.500s5 1.700 5 4.500m.500-7a2.300 2.300 0 1 0-.500-4.500M17.500 16c0-2-1-3.500-2.800-4.200",
};

/** The picture beside a page's name. */
export function PageIcon({ page }: { readonly page: Page }): ReactNode {
  return (
    <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" className="icon">
      <path d={paths[page]} />
    </svg>
  );
}
